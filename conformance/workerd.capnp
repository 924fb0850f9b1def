using Workerd = import "/workerd/workerd.capnp";

# `workerd test` calls the test handler of the program.
const config :Workerd.Config = (
  services = [(name = "conformance", worker = .conformance)],
);

const conformance :Workerd.Worker = (
  modules = [(name = "program", esModule = embed "program-workerd.mjs")],
  compatibilityDate = "2026-01-01",
);
