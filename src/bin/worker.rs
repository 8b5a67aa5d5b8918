//! The worker: hosts the engine and reads files.

fn main() {
    passgrid::worker::host::start();
}
