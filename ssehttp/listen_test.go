package ssehttp

import (
	"context"
	"errors"
	"io"
	"net"
	"runtime"
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

func TestTwoListenersMayShareAPort(t *testing.T) {
	first, err := ListenShared(t.Context(), "127.0.0.1:0")
	if runtime.GOOS != "linux" {
		require.ErrorIs(t, err, errors.ErrUnsupported)
		return
	}
	require.NoError(t, err)
	second, err := ListenShared(t.Context(), first.Addr().String())
	require.NoError(t, err)
	require.NoError(t, first.Close())
	client, err := net.Dial("tcp", second.Addr().String())
	require.NoError(t, err, "the one that stays serves the port")
	require.NoError(t, client.Close())
	require.NoError(t, second.Close())
	third, err := Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = third.Close() }()
	_, err = ListenShared(t.Context(), third.Addr().String())
	require.ErrorContains(t, err, "address already in use")
	var none context.Context
	_, err = ListenShared(none, "127.0.0.1:0")
	require.ErrorContains(t, err, "ListenShared(nil,")
}
