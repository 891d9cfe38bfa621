//go:build !linux

package main

import "syscall"

// childOfThis has nothing to set but on Linux.
func childOfThis() *syscall.SysProcAttr { return nil }
