//! The worker: hosts the engine.

fn main() {}
