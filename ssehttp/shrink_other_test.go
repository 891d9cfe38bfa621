//go:build !linux

package ssehttp

import "testing"

// shrink does nothing here: the tests then take the system's buffers.
func shrink(*testing.T, *client, int) {}

func clampWindow(*testing.T, *client) {}

func deafen(t *testing.T, _ *client) {
	t.Helper()
	t.Skip("this test needs socket filters, a thing of Linux")
}
