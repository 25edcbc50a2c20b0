// Starts the WebUI: draws it, then lets the address bar and the server fill it.

import { html, render } from "./lib.js";
import { App } from "./components/app.js";
import { start } from "./actions.js";
import { startViewport } from "./viewport.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(html`<${App} />`, root);
startViewport();
start();
