// Package catalogue draws docs/operators.md: for each operator of packages flux
// and mono its signature, the first sentence of its doc comment, its name in Reactor and a
// picture of what it does. A picture is drawn from a real run of the operator's
// sample in virtual time, so that it cannot say what the operator does not do.
//
//	go test ./internal/catalogue -update
//
// writes the page and the pictures anew. Without the flag the test fails when
// one of them is stale, when an operator has no sample, and when a sample belongs to no
// operator. All of it is test code: virtual time needs a test, and nobody else compiles what they do not use.
//
// A run is recorded as rows of signals (stage_test.go), a picture is laid out in columns of
// time (layout_test.go) and written as SVG for light and dark (svg_test.go); signatures and
// comments are read from the source of both packages (operators_test.go).
package catalogue
