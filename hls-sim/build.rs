//! Compiles the kernels' rooms and stages natively, where the feature `kernel-c` asks for them.

fn main() {
    println!("cargo:rerun-if-changed=csrc");
    println!("cargo:rerun-if-changed=../kernels");
    println!("cargo:rerun-if-env-changed=TIDEGATE_SANITIZE");
    println!("cargo:rerun-if-env-changed=TIDEGATE_COVERAGE");
    println!("cargo:rerun-if-env-changed=TIDEGATE_KERNELS");
    #[cfg(feature = "kernel-c")]
    kernels();
}

#[cfg(feature = "kernel-c")]
fn kernels() {
    let mut build = cc::Build::new();
    // Other kernels than these: a test of what a changed one does.
    let kernels = std::env::var_os("TIDEGATE_KERNELS").unwrap_or_else(|| "../kernels".into());
    build.std("c99").include(kernels).include("csrc");
    build.warnings(true).extra_warnings(true).warnings_into_errors(true);
    // Unrolled loops over fixed bytes: worth the optimiser in every profile.
    build.opt_level(2);
    // The tests of this package then run the kernels under AddressSanitizer and UBSan.
    if std::env::var_os("TIDEGATE_SANITIZE").is_some() {
        let sanitizers = "-fsanitize=address,undefined";
        build.flag(sanitizers).flag("-fno-sanitize-recover=all").flag("-fno-omit-frame-pointer");
        println!("cargo:rustc-link-lib=dylib=asan");
        println!("cargo:rustc-link-lib=dylib=ubsan");
    }
    // Each process then adds the lines it ran to the .gcda files beside the objects, for gcov.
    if std::env::var_os("TIDEGATE_COVERAGE").is_some() {
        build.flag("--coverage");
        let libgcov = build.get_compiler().to_command().arg("-print-file-name=libgcov.a").output();
        let libgcov = String::from_utf8(libgcov.expect("gcc").stdout).expect("a path");
        let folder = std::path::Path::new(&libgcov).parent().expect("a folder");
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-link-lib=static:-bundle=gcov");
    }
    let sources = std::fs::read_dir("csrc").expect("hls-sim/csrc");
    let mut sources: Vec<_> = sources.map(|entry| entry.expect("an entry").path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    sources.sort();
    build.files(sources).compile("tidegate_kernels");
}
