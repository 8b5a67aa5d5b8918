// Matches a pattern in its own worker, which can be terminated if the match takes too long. The
// message is the pattern and the paths. The answer is, for each path, the text of the groups dut,
// unit, build and session, or why the pattern is invalid.
onmessage = ({ data: [source, ...paths] }) => {
  const names = ["dut", "unit", "build", "session"];
  try {
    const pattern = new RegExp(source);
    const known = new RegExp(`${source}|`).exec("").groups ?? {};
    if (!names.some((name) => name in known)) {
      throw Error("it has none of the groups (?<dut>…), (?<unit>…), (?<build>…), (?<session>…)");
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
