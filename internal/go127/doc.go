// Package go127 holds the tests of the generic methods, which Go has since 1.27.
// They stand here because a second toolchain that compiled all the tests of flux
// would take minutes for them.
package go127
