// Package cost holds the price of a type to its limit. The Go compiler builds every
// method of every instantiated type that a package so much as mentions, so that each
// T of a Flux[T] costs each package that names it some 3,200 functions and about a
// second; one signature at the wrong place doubles that unseen.
package cost
