//! Makes the fonts that stand in `fonts/` part of the crate. They are fetched, not committed: `fonts/fetch.sh`.

use std::{env, fmt::Write as _, fs, path::Path};

/// Family by family, each weight a file.
const FONTS: &[&str] = &[
    "Pretendard-Regular.otf",
    "Pretendard-Medium.otf",
    "Pretendard-Bold.otf",
    "Pretendard-ExtraBold.otf",
    "NotoSansKR_400Regular.ttf",
    "NotoEmoji_400Regular.ttf",
];

fn main() {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo names it")).join("fonts");
    let mut list = String::from("pub(crate) static FONTS: &[&[u8]] = &[\n");
    let mut missing = false;
    for name in FONTS {
        let file = folder.join(name);
        println!("cargo::rerun-if-changed={}", file.display());
        if file.exists() {
            writeln!(list, "    include_bytes!({:?}),", file.display().to_string()).expect("text");
        } else {
            missing = true;
        }
    }
    if missing {
        // Whoever only wants to look at the pages can do without; what is shipped cannot.
        let say = "the fonts of PDF and pictures are not here: run `make fonts`, then build again";
        if env::var("PROFILE").as_deref() == Ok("release") {
            println!("cargo::error={say}");
        } else {
            println!("cargo::warning={say}");
        }
        list = String::from("pub(crate) static FONTS: &[&[u8]] = &[\n");
    }
    list.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo names it")).join("fonts.rs");
    fs::write(out, list).expect("the build's folder can be written");
}
