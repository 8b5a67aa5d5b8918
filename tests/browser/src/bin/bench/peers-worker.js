// Counts the tests of a JUnit file with parsers from npm, whose files are below `npm/`. Attributes are parsed, too,
// because a report needs them. Each parser is used as its documentation shows it.
"use strict";

const loaded = new Map();

// CommonJS modules, as npm has them.
const require = (path) => {
  if (loaded.has(path)) return loaded.get(path).exports;
  const request = new XMLHttpRequest();
  request.open("GET", `npm/${path}${/\.c?js$/.test(path) ? "" : ".js"}`, false);
  request.send();
  if (request.status !== 200) throw new Error(`${path}: status ${request.status}`);
  const module = { exports: {} };
  loaded.set(path, module);
  new Function("module", "exports", "require", request.responseText)(module, module.exports, require);
  return module.exports;
};

// The outcome of a test, with one more of its children.
const worse = (outcome, child) => {
  if (child === "error") return "error";
  if (child === "failure" && outcome !== "error") return "failed";
  if (child === "skipped" && outcome === "passed") return "skipped";
  return outcome;
};

const counters = {
  saxes: () => {
    const { SaxesParser } = require("saxes/saxes");
    return async (file, count) => {
      const parser = new SaxesParser();
      let outcome;
      parser.on("opentag", ({ name }) => (outcome = name === "testcase" ? "passed" : worse(outcome, name)));
      parser.on("closetag", ({ name }) => name === "testcase" && count(outcome));
      for await (const text of file.stream().pipeThrough(new TextDecoderStream())) parser.write(text);
      parser.close();
    };
  },

  txml: () => {
    const { parse } = require("txml/dist/txml.cjs");
    return async (file, count) => {
      const walk = ({ tagName, children }) => {
        if (tagName !== "testcase") {
          for (const child of children ?? []) if (typeof child === "object") walk(child);
          return;
        }
        let outcome = "passed";
        for (const child of children) if (typeof child === "object") outcome = worse(outcome, child.tagName);
        count(outcome);
      };
      parse(await file.text(), { skipXmlDeclaration: true }).forEach(walk);
    };
  },

  "fast-xml-parser": () => {
    const { XMLParser } = require("fast-xml-parser/lib/fxp.cjs");
    return async (file, count) => {
      const isArray = (name) => name === "testsuite" || name === "testcase";
      const parser = new XMLParser({ ignoreAttributes: false, isArray });
      for (const suite of parser.parse(await file.text()).testsuites.testsuite) {
        for (const testcase of suite.testcase) {
          let outcome = "passed";
          for (const child in testcase) outcome = worse(outcome, child);
          count(outcome);
        }
      }
    };
  },
};

onmessage = async ({ data: { file, peer } }) => {
  try {
    const read = counters[peer]();
    const counts = { passed: 0, failed: 0, error: 0, skipped: 0 };
    let tests = 0;
    const start = performance.now();
    await read(file, (outcome) => {
      counts[outcome] += 1;
      tests += 1;
    });
    postMessage({ ms: performance.now() - start, tests, failed: counts.failed });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
