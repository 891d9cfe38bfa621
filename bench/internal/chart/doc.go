// Package chart draws the pages of compare and sseload: bars and lines as inline
// SVG, tables and text, in one HTML file that loads nothing from anywhere and
// follows the reader's light or dark scheme.
//
// # Colours
//
// A series has a number from 0 to [Colors]-1; the page's style sheet gives each a
// colour in both schemes, so that an SVG holds classes and no colours. Strong
// series are drawn thicker and above the others, Dashed ones stand for a bound
// rather than a contestant.
//
// All functions are pure and may be called from any goroutine.
package chart
