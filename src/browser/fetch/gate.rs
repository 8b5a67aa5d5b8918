//! At most so many fetches at once.

use futures_channel::oneshot;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

/// Lets so many through at once; the others wait in their order.
#[derive(Clone)]
pub struct Gate(Rc<RefCell<State>>);

struct State {
    free: u32,
    waiting: VecDeque<oneshot::Sender<Pass>>,
}

/// The permission to go on, which is given back when it is dropped.
pub struct Pass(Gate);

impl Gate {
    /// A gate for so many.
    pub fn new(most: u32) -> Gate {
        Gate(Rc::new(RefCell::new(State { free: most, waiting: VecDeque::new() })))
    }

    /// Waits until fewer are through.
    pub async fn enter(&self) -> Pass {
        let receiver = {
            let mut state = self.0.borrow_mut();
            if state.free > 0 {
                state.free -= 1;
                return Pass(self.clone());
            }
            let (sender, receiver) = oneshot::channel();
            state.waiting.push_back(sender);
            receiver
        };
        match receiver.await {
            Ok(pass) => pass,
            // The gate is in `self`, so it is not gone.
            Err(_) => Pass(self.clone()),
        }
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let next = self.0.0.borrow_mut().waiting.pop_front();
        match next {
            // If the one that waits is gone, its pass is dropped, too, and goes to the next.
            Some(next) => drop(next.send(Pass(self.0.clone()))),
            None => self.0.0.borrow_mut().free += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    fn poll<T>(future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => Some(value),
            Poll::Pending => None,
        }
    }

    #[test]
    fn only_so_many_are_through_at_once() {
        let gate = Gate::new(2);
        let first = poll(pin!(gate.enter())).unwrap();
        let second = poll(pin!(gate.enter())).unwrap();
        let (mut third, mut fourth) = (pin!(gate.enter()), pin!(gate.enter()));
        assert!(poll(third.as_mut()).is_none() && poll(fourth.as_mut()).is_none());
        drop(first);
        // In their order.
        assert!(poll(fourth.as_mut()).is_none());
        let third = poll(third.as_mut()).unwrap();
        drop(second);
        drop(third);
        assert!(poll(fourth.as_mut()).is_some());
    }

    #[test]
    fn one_that_gives_up_takes_no_place() {
        let gate = Gate::new(1);
        let first = poll(pin!(gate.enter())).unwrap();
        {
            let mut given_up = pin!(gate.enter());
            assert!(poll(given_up.as_mut()).is_none());
        }
        drop(first);
        assert!(poll(pin!(gate.enter())).is_some());
    }
}
