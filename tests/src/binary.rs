//! Where the programs of this workspace are.

use std::path::PathBuf;

/// A program of this workspace, where cargo has put it: beside the folder of this test.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this program has a path");
    let profile = test.ancestors().nth(2).expect("target/<profile>/deps");
    let binary = profile.join(name);
    assert!(
        binary.exists(),
        "{} is not built: run `make up`",
        binary.display()
    );
    binary
}
