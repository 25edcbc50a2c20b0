//! Files added to or removed from the WebUI are to be in the next build.

fn main() {
    println!("cargo::rerun-if-changed=static");
}
