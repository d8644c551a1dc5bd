// A page to write queries in: the questions of the house fill the editor, and nothing is asked of another machine.
"use strict";

Yasgui.Yasqe.defaults.autocompleters = ["variables"];

const editor = new Yasgui(document.getElementById("yasgui"), {
  requestConfig: { endpoint: "/sparql" },
  copyEndpointOnNewTab: true,
  endpointCatalogueOptions: { getData: () => [{ endpoint: "/sparql" }] },
  persistenceId: "answerable",
});

const choice = document.getElementById("question");
const parameters = document.getElementById("parameters");

fetch("/api/queries").then((reply) => reply.json()).then((questions) => {
  const byName = new Map(questions.map((question) => [question.name, question]));
  choice.addEventListener("change", () => {
    const question = byName.get(choice.value);
    if (!question) return;
    const tab = editor.addTab(true, { ...Yasgui.Tab.getDefaults(), name: question.name });
    tab.setEndpoint("/sparql");
    tab.setQuery(question.sparql);
    parameters.textContent = question.parameters.length
      ? "To narrow it, bind: " + question.parameters.map((p) => `?${p.name} (${p.says})`).join("; ")
      : "";
    if (!question.parameters.some((p) => p.required)) tab.query();
  });
});
