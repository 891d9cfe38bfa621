// Package mounts has no code of its own: its tests mount a stream in the routers
// and frameworks that people use, and so show how. It is a module of its own, so
// that those are nobody else's dependencies.
package mounts
