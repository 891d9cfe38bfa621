package ssehttp

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

func TestASocketFitsItsSizeClass(t *testing.T) {
	assert.LessOrEqual(t, unsafe.Sizeof(socket{}), uintptr(208))
}
