// The page at /docs: Swagger UI over what this server says of itself, in the colours that were chosen for the WebUI.

// As dark as the rest: what was chosen there (theme.js), or else what the system says.
const system = matchMedia("(prefers-color-scheme: dark)");

function dress() {
  const root = document.documentElement;
  const theme = root.dataset.theme ?? (system.matches ? "dark" : "light");
  root.classList.toggle("dark-mode", theme === "dark");
}

dress();
system.addEventListener("change", dress);
new MutationObserver(dress).observe(document.documentElement, { attributeFilter: ["data-theme"] });

/** @type {any} */ (globalThis).SwaggerUIBundle({
  url: "/openapi.json",
  domNode: document.getElementById("docs"),
  deepLinking: true,
  // What is written here is sent to this server, for real.
  tryItOutEnabled: true,
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  // Nobody elsewhere is asked whether the document is right.
  validatorUrl: null,
});
