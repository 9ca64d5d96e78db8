//! The program `apportion`: territory plans with a proof, from the command line.

mod args;
mod commands;
mod exit;
mod interrupt;
mod read;
mod risk_args;
mod solve;
mod stage;
mod table;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use exit::{Exit, Failure};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = std::panic::catch_unwind(|| run(&cli.command));
    let exit = match outcome {
        Ok(Ok(exit)) => exit,
        Ok(Err(failure)) => failure.report(),
        // The message of the panic is on the terminal already.
        Err(_) => {
            terminal::complain("internal error: this is a bug of apportion, not of your input");
            Exit::Internal
        }
    };
    exit.into()
}

fn run(command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Plan(args) => commands::plan::run(args),
        Command::Explain(args) => commands::explain::run(args),
        Command::Verify(args) => commands::verify::run(args),
        Command::Check(args) => commands::check::run(args),
        Command::Schema(args) => commands::schema::run(args),
        Command::Convert(args) => commands::convert::run(args),
        Command::Budget(args) => commands::budget::run(args),
        Command::Effort(args) => commands::effort::run(args),
        Command::Joint(args) => commands::joint::run(args),
        Command::Sweep(args) => commands::sweep::run(args),
        Command::Contingency(args) => commands::risk::contingency(args),
        Command::Thresholds(args) => commands::risk::thresholds(args),
        Command::Frontier(args) => commands::risk::frontier(args),
        Command::Decide(args) => commands::risk::decide(args),
        Command::Bench(args) => commands::bench::run(args),
    }
}
