# The target `torch` and TORCH_INCLUDE_DIRS, of one libtorch: the system's, or
# that of COXSWAIN_TORCH, an unpacked libtorch or the `torch` folder of a Python
# environment. Such a folder is taken as it is, without its own CMake files:
# those of a CUDA build ask for a CUDA toolkit, which nothing here needs.
set(COXSWAIN_TORCH "" CACHE PATH
  "Folder of a libtorch (include/ and lib/); empty: the system's")

# A build that mixes two libtorchs links and then crashes at start.
function(refuse_mixed_libtorchs torch c10)
  get_filename_component(torch_folder "${torch}" DIRECTORY)
  get_filename_component(c10_folder "${c10}" DIRECTORY)
  if(NOT torch_folder STREQUAL c10_folder)
    message(FATAL_ERROR
      "two libtorchs: torch in ${torch_folder}, c10 in ${c10_folder}; "
      "pass -DCOXSWAIN_TORCH= the folder of one, or -DTORCH_LIBRARY= and "
      "-Dc10_LIBRARY= of one")
  endif()
endfunction()

if(COXSWAIN_TORCH)
  if(TORCH_LIBRARY OR c10_LIBRARY)
    message(FATAL_ERROR
      "two libtorchs may be meant: COXSWAIN_TORCH is ${COXSWAIN_TORCH}, and "
      "TORCH_LIBRARY or c10_LIBRARY are given too; say one of them, in a new "
      "build folder")
  endif()
  foreach(file include/ATen/ATen.h lib/libtorch.so lib/libtorch_cpu.so
               lib/libc10.so)
    if(NOT EXISTS "${COXSWAIN_TORCH}/${file}")
      message(FATAL_ERROR
        "COXSWAIN_TORCH=${COXSWAIN_TORCH} is no libtorch: it has no ${file}")
    endif()
  endforeach()
  set(TORCH_INCLUDE_DIRS "${COXSWAIN_TORCH}/include"
    "${COXSWAIN_TORCH}/include/torch/csrc/api/include")
  add_library(torch INTERFACE IMPORTED GLOBAL)
  target_include_directories(torch SYSTEM INTERFACE ${TORCH_INCLUDE_DIRS})
  # PyPI's has headers of its own fmt, which come first, and not its library.
  if(EXISTS "${COXSWAIN_TORCH}/include/fmt")
    target_compile_definitions(torch INTERFACE FMT_HEADER_ONLY=1)
  endif()
  # One OpenMP a process: the one that it brings, if it does.
  if(EXISTS "${COXSWAIN_TORCH}/lib/libgomp.so.1")
    set(OpenMP_gomp_LIBRARY "${COXSWAIN_TORCH}/lib/libgomp.so.1"
      CACHE FILEPATH "that of COXSWAIN_TORCH" FORCE)
  endif()
  set(libraries "${COXSWAIN_TORCH}/lib/libtorch_cpu.so"
    "${COXSWAIN_TORCH}/lib/libc10.so")
  # Its kernels register themselves: nothing calls them by name.
  if(EXISTS "${COXSWAIN_TORCH}/lib/libtorch_cuda.so")
    list(APPEND libraries -Wl,--no-as-needed
      "${COXSWAIN_TORCH}/lib/libtorch_cuda.so"
      "${COXSWAIN_TORCH}/lib/libc10_cuda.so" -Wl,--as-needed)
  endif()
  target_link_libraries(torch INTERFACE ${libraries})
  # What they need in turn lies beside them, and they know where.
  target_link_options(torch INTERFACE -Wl,--allow-shlib-undefined
    "-Wl,-rpath,${COXSWAIN_TORCH}/lib")
else()
  find_package(Torch REQUIRED)
  if(c10_LIBRARY)
    refuse_mixed_libtorchs("${TORCH_LIBRARY}" "${c10_LIBRARY}")
  endif()
  if(TARGET c10)
    foreach(kind "" _RELWITHDEBINFO _RELEASE)
      get_target_property(c10_file c10 IMPORTED_LOCATION${kind})
      if(c10_file)
        refuse_mixed_libtorchs("${TORCH_LIBRARY}" "${c10_file}")
        break()
      endif()
    endforeach()
  endif()
endif()
