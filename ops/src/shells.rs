//! What shells and `man` know of the program, made of its own description of the command line.

use std::io::{self, Write};

use clap::{CommandFactory, ValueEnum};
use clap_complete::{Generator, shells};

use crate::command::Cli;

/// A shell that can complete the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// `ops completions bash > ~/.local/share/bash-completion/completions/ops`
    Bash,
    /// `ops completions zsh > ~/.zfunc/_ops`, with `~/.zfunc` in `fpath`
    Zsh,
    /// `ops completions fish > ~/.config/fish/completions/ops.fish`
    Fish,
}

/// Writes what the shell needs to complete the command line.
///
/// # Errors
///
/// It cannot be written.
pub fn complete(shell: Shell, out: &mut impl Write) -> io::Result<()> {
    let mut command = Cli::command();
    command.set_bin_name("ops");
    command.build();
    match shell {
        Shell::Bash => shells::Bash.try_generate(&command, out),
        Shell::Zsh => shells::Zsh.try_generate(&command, out),
        Shell::Fish => shells::Fish.try_generate(&command, out),
    }
}

/// Writes the man page, which tells the subcommands one after the other.
///
/// # Errors
///
/// It cannot be written.
pub fn manual<W: Write>(out: &mut W) -> io::Result<()> {
    let mut command = Cli::command();
    command.build();
    clap_mangen::Man::new(command.clone()).render(out)?;
    for subcommand in command.get_subcommands() {
        if subcommand.get_name() == "help" {
            continue;
        }
        let man = clap_mangen::Man::new(subcommand.clone());
        writeln!(out, ".SH OPS {}", subcommand.get_name().to_uppercase())?;
        man.render_synopsis_section(out)?;
        man.render_description_section(out)?;
        man.render_options_section(out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn shells_know_every_subcommand() {
        let command = Cli::command();
        for shell in Shell::value_variants() {
            let script = written(|out| complete(*shell, out));
            for subcommand in command.get_subcommands() {
                let name = subcommand.get_name();
                assert!(script.contains(name), "{shell:?} does not know {name}");
            }
            assert!(script.contains("json"), "{shell:?} does not know --json");
        }
    }

    #[test]
    fn the_man_page_tells_commands_and_exit_codes() {
        let page = written(manual);
        assert!(page.contains(".TH ops 1"), "{page}");
        for part in [".SH OPS CHECK", "Exit codes", "\\-\\-json", "\\-\\-pool"] {
            assert!(page.contains(part), "{part}");
        }
    }
}
