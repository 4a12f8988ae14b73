# shellcheck shell=bash
# Sourced by tests/run-gpu: the libraries that Coxswain needs, and Open MPI,
# carried to a machine that has a compiler, CMake and libtorch, but neither
# these packages nor a network.

# The packages of the arguments, and those of Boost and Open MPI that they stand
# for: Debian's -dev packages are often a name for others.
packages_behind() {
  local package
  for package in "$@"; do
    echo "$package"
    dpkg-query -W -f '${Depends}\n' "$package" | tr '|' ',' | tr ',' '\n' |
      sed 's/^ *//; s/[ (:].*//' |
      grep -E '^lib(boost|openmpi)|^openmpi|^pkgconf' || true
  done | sort -u
}

# What builds and runs need of their files. Static libraries only where the
# packages' own CMake files ask for them.
files_of() {
  local path
  dpkg -L "$@" | sort -u | while read -r path; do
    case "$path" in
      */libbenchmark*.a) echo "$path" ;;
      *-linux-gnu/*.a | *fortran* | *mpifh* | *usempi*) ;;
      /usr/include/* | /usr/lib/*.so* | /usr/lib/*.a | /usr/lib/*.h | \
        /usr/lib/*.pc | /usr/lib/cmake/* | /usr/lib/*/cmake/* | \
        /usr/share/cmake/* | /usr/share/pkgconfig/* | /usr/share/openmpi/* | \
        /usr/lib/*/pmix2/* | \
        /usr/bin/orte* | /usr/bin/opal_wrapper | /usr/bin/pkgconf)
        [ -d "$path" ] || echo "$path" ;;
    esac
  done
}

# Shared libraries that the files on standard input need, but for those that
# any compiler or linker needs, too.
libraries_needed() {
  local compilers
  compilers=$(ldd "$(g++ -print-prog-name=cc1plus)" "$(command -v ld)" \
    "$(command -v as)" | awk '/=> \// { print $3 }')
  xargs ldd 2> /dev/null | awk '/=> \// { print $3 }' | sort -u |
    grep -vxF "$compilers" |
    grep -vE '/lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s|gomp|resolv)\.so'
}

# All names (libz.so, libz.so.1 ...) of the libraries on standard input, and
# what they lead to.
all_names() {
  local name
  grep -oE '.*\.so' | sort -u | while read -r name; do
    compgen -G "$name*" || true
  done | tee >(xargs readlink -f)
}

# pack_packages FILE PACKAGE...: a tree with usr/ in it.
pack_packages() {
  local file=$1 packages files programs
  shift
  mapfile -t packages < <(packages_behind "$@")
  files=$(files_of "${packages[@]}")
  programs=$(grep -E '\.so|^/usr/bin' <<< "$files")
  {
    echo "$files"
    { libraries_needed <<< "$programs"; echo "$programs"; } | all_names
  } | sed -e 's#^/lib/#/usr/lib/#' -e 's#^/##' | sort -u |
    tar -cJf "$file" -C / -T -
}

# unpack_packages FILE ROOT: there, unless these are, and says so to whoever
# looks for them.
unpack_packages() {
  local usr=$2/usr triple=x86_64-linux-gnu name own
  if [ ! "$2/complete" -nt "$1" ]; then
    rm -rf "$2"
    mkdir -p "$2"
    # Not every machine with Python has xz, too.
    python3 -m tarfile --filter fully_trusted -e "$1" "$2"
    ln -s orterun "$usr/bin/mpirun"
    ln -s opal_wrapper "$usr/bin/mpicc"
    ln -s pkgconf "$usr/bin/pkg-config"
    # Debian keeps several HDF5 apart; here, CMake's search looks no deeper.
    ln -s "$usr"/include/hdf5/serial/*.h "$usr/include"
    # The machine's Python finds these, too, and may need newer ones.
    for name in libcrypto.so.3 libssl.so.3; do
      own=$(/sbin/ldconfig -p | awk -v name=$name '$1 == name && !n++ { print $NF }')
      [ -z "$own" ] || ln -sf "$own" "$usr/lib/$triple/$name"
    done
    touch "$2/complete"
  fi
  export PATH=$usr/bin:$PATH
  export OPAL_PREFIX=$usr PMIX_INSTALL_PREFIX=$usr/lib/$triple/pmix2
  # One host, without ssh.
  export OMPI_MCA_plm=isolated
  export LD_LIBRARY_PATH=$usr/lib/$triple${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export CPATH=$usr/include/$triple${CPATH:+:$CPATH}
  export PKG_CONFIG_SYSROOT_DIR=$2
  export PKG_CONFIG_LIBDIR=$usr/lib/$triple/pkgconfig:$usr/share/pkgconfig
  export CMAKE_PREFIX_PATH=$usr OPENSSL_ROOT_DIR=$usr
}
