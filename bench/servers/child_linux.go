package main

import "syscall"

// childOfThis has a child end with this process, also when this one is killed.
func childOfThis() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
