//! The reader: knows every format and every archive.

fn main() {
    passgrid::worker::reader::start();
}
