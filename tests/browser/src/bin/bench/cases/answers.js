// Makes `answers`: each function acts and resolves to the milliseconds until the frame in which the answer is on
// screen.
(() => {
  const until = (isThere) => new Promise((resolve) => {
    const look = () => (isThere() ? requestAnimationFrame(() => resolve()) : setTimeout(look, 1));
    look();
  });
  const timed = async (act, isThere) => {
    const start = performance.now();
    act();
    await until(isThere);
    return performance.now() - start;
  };
  globalThis.answers = {
    // Goes to a view, which has to be another one.
    view: (name, shown) => timed(
      () => [...document.querySelectorAll("nav a")].find((link) => link.innerText.startsWith(name)).click(),
      () => document.querySelector(`main[aria-label=${name}] ${shown}`) !== null,
    ),
    // Fills the filter of the view with a word. The count is "14 of 205 tests" then.
    filter: (word) => {
      const field = document.querySelector("#filter-text");
      const count = () => document.querySelector("main [role=status]").innerText;
      const before = count();
      return timed(
        () => {
          field.value = word;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        },
        () => count() !== before && count().includes(" of "),
      );
    },
  };
  return true;
})()
