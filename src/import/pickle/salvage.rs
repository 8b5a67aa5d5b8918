//! Salvages the values of a truncated pickle.

use super::heap::NONE;
use super::machine::Machine;
use super::value::{Id, Value};

impl Machine<'_> {
    /// Completes the containers and objects under construction, from the innermost
    /// outward, as the missing opcodes would have done.
    pub(super) fn salvage(&mut self) {
        loop {
            self.close(self.stack.floor());
            let Ok(items) = self.stack.pop_to_mark() else {
                break;
            };
            let is_dict =
                self.stack.top().is_ok_and(|top| matches!(self.heap.pickle.value(top), Value::Dict(_)));
            let whole = if is_dict { items.len() & !1 } else { items.len() };
            let _ = self.extend_top(items.get(..whole).unwrap_or_default());
        }
        self.heap.pickle.root = self.stack.values.first().copied().unwrap_or(NONE);
    }

    /// Completes the values on the stack above `floor` that have no mark: an object and
    /// its state, with the state's keys and values; a list and its element.
    fn close(&mut self, floor: usize) {
        loop {
            let waiting = self.stack.values.get(floor..).unwrap_or_default();
            let is_under_way = |pair: &[Id]| match pair {
                &[a, b] => matches!(
                    (self.heap.pickle.value(a), self.heap.pickle.value(b)),
                    (Value::Object(..), Value::Dict(_)) | (Value::List(_), Value::Object(..))
                ),
                _ => false,
            };
            let Some(at) = waiting.windows(2).rposition(is_under_way).map(|at| floor + at) else {
                return;
            };
            let mut rest = self.stack.values.split_off(at + 1);
            let Some(&first) = self.stack.values.last() else {
                return;
            };
            if matches!(self.heap.pickle.value(first), Value::List(_)) {
                let _ = self.extend_top(&rest);
                continue;
            }
            let state = rest.remove(0);
            let _ = self.heap.set_state(first, state);
            let whole = rest.len() & !1;
            self.stack.values.push(state);
            let _ = self.extend_top(rest.get(..whole).unwrap_or_default());
            self.stack.values.pop();
        }
    }
}
