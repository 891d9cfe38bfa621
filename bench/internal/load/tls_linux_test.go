package load

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRunReadsStreamsOverTLS(t *testing.T) {
	s := httptest.NewTLSServer(stream(20, 7))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	got, err := Run(t.Context(), Options{URLs: []string{s.URL}, Conns: 5, Workers: 2, Duration: 600 * time.Millisecond, Insecure: true})
	require.NoError(t, err)
	assert.Equal(t, int64(5), got.Heads)
	assert.Equal(t, int64(5), got.Open)
	assert.Equal(t, int64(95), got.Events)
	assert.Equal(t, int64(5), got.Gaps)
	assert.Zero(t, got.Connect.Count, "the handshake is part of the time to the head")
	assert.Empty(t, got.Errors)

	got, err = Run(t.Context(), Options{URLs: []string{s.URL}, Conns: 2, Duration: time.Second})
	assert.ErrorContains(t, err, "no connection")
	assert.Equal(t, int64(2), got.Errors["tls: tls: failed to verify certificate: x509: certificate signed by unknown authority"], "%v", got.Errors)
}
