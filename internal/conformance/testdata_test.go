package conformance

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheCopyEqualsTheSharedData holds testdata against the directory it was
// copied from, where that stands beside the repository.
func TestTheCopyEqualsTheSharedData(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared", "conformance", "reactor")
	if _, err := os.Stat(shared); err != nil {
		t.Logf("nothing to compare with: %v", err)
		return
	}
	copied := filepath.Join("testdata", "reactor")
	assert.Equal(t, names(t, shared), names(t, copied))
	for _, name := range names(t, copied) {
		a, err := os.ReadFile(filepath.Join(shared, name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(copied, name))
		require.NoError(t, err)
		assert.True(t, string(a) == string(b), "%s differs from %s: copy it again", filepath.Join(copied, name), shared)
	}
}

// names lists what a copy holds: the cases and the README, not the oracle.
func names(t *testing.T, dir string) []string {
	var all []string
	for _, pattern := range []string{"*.json", "README.md"} {
		l, err := filepath.Glob(filepath.Join(dir, pattern))
		require.NoError(t, err)
		for _, name := range l {
			all = append(all, filepath.Base(name))
		}
	}
	return all
}
