//! The page: mounts the app.

fn main() {
    passgrid::ui::start();
}
