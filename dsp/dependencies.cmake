# The libraries of dsp, for our build and for find_package(hitscope).
find_package(PkgConfig REQUIRED)
pkg_check_modules(FFTW3 REQUIRED IMPORTED_TARGET fftw3 fftw3f)
pkg_check_modules(SOXR REQUIRED IMPORTED_TARGET soxr)
find_package(PNG REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(OpenCV REQUIRED COMPONENTS core imgproc)
