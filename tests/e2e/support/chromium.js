// The browser: the one CHROMIUM names, else the one this system has. Playwright's own is not downloaded.

import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** How it is started. Root and containers have no user namespaces to build its sandbox from; every page shown is our own. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM || PLACES.find((place) => existsSync(place)),
  chromiumSandbox: false,
};
