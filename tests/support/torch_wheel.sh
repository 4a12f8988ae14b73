# shellcheck shell=bash
# Sourced from the root of the repository.

# torch_wheel VERSION|newest: sets COXSWAIN_TORCH to the libtorch of PyPI's torch,
# which is fetched unless it is there; one that is set already is kept.
torch_wheel() {
  if [ -z "${COXSWAIN_TORCH-}" ]; then
    local environment=$PWD/build/torch-$1 wanted=torch
    [ "$1" = newest ] || wanted="torch==$1"
    [ -x "$environment/bin/pip" ] || python3 -m venv "$environment"
    echo "fetching $wanted (about 5 GB with CUDA's libraries)"
    "$environment/bin/pip" install --quiet "$wanted"
    COXSWAIN_TORCH=$("$environment/bin/python" -c \
      'import importlib.util as u; print(u.find_spec("torch").submodule_search_locations[0])')
  fi
  export COXSWAIN_TORCH
}
