package ssehttp

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAListenerHandsOverConnectionsThatHaveSpoken(t *testing.T) {
	ln, err := Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = ln.Close() }()
	client, err := net.Dial("tcp", ln.Addr().String())
	require.NoError(t, err)
	defer func() { _ = client.Close() }()
	_, err = client.Write([]byte("hello"))
	require.NoError(t, err)
	accepted, err := ln.Accept()
	require.NoError(t, err)
	defer func() { _ = accepted.Close() }()
	assert.IsType(t, (*net.TCPConn)(nil), accepted, "only a bare connection can be taken over")
	require.NoError(t, accepted.SetReadDeadline(time.Now().Add(5*time.Second)))
	b := make([]byte, 5)
	_, err = io.ReadFull(accepted, b)
	require.NoError(t, err)
	assert.Equal(t, "hello", string(b))
}

func TestAListenerThatCannotBeOpenedIsAnError(t *testing.T) {
	_, err := Listen(t.Context(), "127.0.0.1:port")
	require.ErrorContains(t, err, "port")
	var none context.Context
	_, err = Listen(none, "127.0.0.1:0")
	require.ErrorIs(t, err, ErrInvalidOptions)
}
