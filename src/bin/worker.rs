//! The worker: hosts the engine.

fn main() {
    passgrid::worker::host::start();
}
