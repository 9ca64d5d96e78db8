//! Reading problems from files.
