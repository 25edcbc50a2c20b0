// The browser: the one CHROMIUM names, else the one this system has. Playwright's own is not downloaded.

import { existsSync } from "node:fs";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * What Playwright switches off, for which it gives its reasons in chromiumSwitches.ts: of two lists Chromium takes the last. A
 * browser that does not know a name passes over it.
 */
const OFF_FOR_PLAYWRIGHT = [
  "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay",
  "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin",
  "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch", "msForceBrowserSignIn",
  "msEdgeUpdateLaunchServicesPreferredVersion",
];

/** The suggestions below the address bar: two pages that Chromium loads for each window, where no test ever looks. */
const ADDRESS_BAR = ["WebUIOmniboxPopup", "WebUIOmniboxAimPopup"];

/** How it is started. Root and containers have no user namespaces to build its sandbox from; every page shown is our own. */
export const CHROMIUM = {
  executablePath: process.env.CHROMIUM || PLACES.find((place) => existsSync(place)),
  chromiumSandbox: false,
  args: [`--disable-features=${[...OFF_FOR_PLAYWRIGHT, ...ADDRESS_BAR].join(",")}`],
};
