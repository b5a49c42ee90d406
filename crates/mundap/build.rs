//! How the binary is linked.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Two hundred thousand addresses stand in the typesetter's tables, and a program that may be loaded anywhere lists
    // each of them in 24 octets, which every start reads. Packed (the ELF standard's DT_RELR; glibc from 2.36 on) the
    // list is a fiftieth of that, and the server at rest 4 MB smaller.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("linux")
        && std::env::var("CARGO_CFG_TARGET_ENV").as_deref() == Ok("gnu")
    {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
