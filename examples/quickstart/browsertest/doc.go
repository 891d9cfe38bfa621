// Package browsertest opens the quickstart in a real browser and looks at what a
// person would see: do the charts move, does the page live through a restart of
// its server, does closing a tab end the pipeline behind it. It does the same with
// the debug page of ssehttp.
//
// It needs a Chromium or a Chrome. Where there is none the tests are skipped,
// and say so; with FRESHET_BROWSER=required in the environment they fail
// instead. FRESHET_BROWSER may also be the path of a browser.
package browsertest
