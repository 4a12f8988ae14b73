#!/usr/bin/env bash
# mpi_channel.sh BUILD_FOLDER RANKS: messages between ranks arrive whole.
set -euo pipefail
source "$(dirname "$0")/../support/mpi.sh"
mpi_run "$2" "$1/test_channel"
