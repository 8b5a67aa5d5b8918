// Runs in a worker of its own, so that a pattern that never ends can be ended. Gets the pattern and
// the paths; says for each path what its named groups hold, in the order dut, unit, build, session.
onmessage = ({ data: [source, ...paths] }) => {
  const names = ["dut", "unit", "build", "session"];
  try {
    const pattern = new RegExp(source);
    const known = new RegExp(`${source}|`).exec("").groups ?? {};
    if (!names.some((name) => name in known)) {
      throw Error("it names none of (?<dut>…), (?<unit>…), (?<build>…), (?<session>…)");
    }
    postMessage(
      paths.map((path) => {
        const groups = pattern.exec(path)?.groups;
        return groups && names.map((name) => groups[name] ?? "");
      }),
    );
  } catch (error) {
    postMessage(error.message.replace(/^Invalid regular expression: /, ""));
  }
};
