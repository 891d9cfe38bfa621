// Package catalogue draws docs/operators.md: for each operator of package flux
// its signature, the first sentence of its doc comment, its name in Reactor and a
// picture of what it does. A picture is drawn from a real run of the operator's
// sample in virtual time, so that it cannot say what the operator does not do.
//
//	go test ./internal/catalogue -update
//
// writes the page and the pictures anew. Without the flag the test fails when
// one of them is stale, when an operator has no sample, and when a sample belongs to no
// operator. It is a test because virtual time needs one.
//
// A run is recorded as rows of signals (stage.go), a picture is laid out in columns of
// time (layout.go) and written as SVG for light and dark (svg.go); signatures and
// comments are read from the source of package flux (operators.go).
package catalogue
