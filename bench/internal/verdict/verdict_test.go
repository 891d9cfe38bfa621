package verdict

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestAViolatedBoundIsAnErrorThatNamesIt(t *testing.T) {
	var l List
	assert.NoError(t, l.Err())
	l.Add("files", true, "at most 3", "%d", 2)
	assert.NoError(t, l.Err())
	l.Add("memory", false, "at most 5 MiB", "%d MiB", 7)
	assert.EqualError(t, l.Err(), "memory: 7 MiB, and it must be at most 5 MiB")
	assert.Contains(t, l.String(), "| memory | 7 MiB | at most 5 MiB | VIOLATED |")
	assert.Contains(t, l.String(), "| files | 2 | at most 3 | kept |")
}
