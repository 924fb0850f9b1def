using Workerd = import "/workerd/workerd.capnp";

# The port is given on the command line.
const config :Workerd.Config = (
  services = [(name = "http", worker = .http)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "http")],
);

const http :Workerd.Worker = (
  modules = [(name = "http-workerd", esModule = embed "http-workerd.mjs")],
  bindings = [(name = "GREETING", text = "Hej")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["enable_request_signal"],
);
