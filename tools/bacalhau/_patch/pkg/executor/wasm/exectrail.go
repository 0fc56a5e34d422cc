package wasm

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tetratelabs/wazero"

	"github.com/bacalhau-project/bacalhau/pkg/compute"
)

// A module is compiled once in the life of the node, not once per execution.
var compilations = wazero.NewCompilationCache()

func cachedRuntimeConfig() wazero.RuntimeConfig {
	return wazero.NewRuntimeConfig().WithCompilationCache(compilations)
}

// wazero's own source of randomness is the same sequence in every run.
func randomModuleConfig() wazero.ModuleConfig {
	return wazero.NewModuleConfig().WithRandSource(rand.Reader)
}

const (
	stdoutTag  = 1
	stderrTag  = 2
	endTag     = 4
	stampWidth = "2006-01-02T15:04:05.000000000Z"
)

// executionLog is the file the node's log stream reads; container jobs have one already.
type executionLog struct {
	mutex sync.Mutex
	file  *os.File
}

type loggedWriter struct {
	log  *executionLog
	tag  byte
	next io.Writer
}

func (w *loggedWriter) Write(data []byte) (int, error) {
	stamp := time.Now().UTC().Format(stampWidth)
	size := len(stamp) + 1 + len(data)
	frame := make([]byte, 8, 8+size)
	frame[0] = w.tag
	binary.BigEndian.PutUint32(frame[4:], uint32(size)) //nolint:gosec // a guest's memory is at most 4 GiB
	frame = append(frame, stamp...)
	frame = append(frame, ' ')
	frame = append(frame, data...)
	w.log.mutex.Lock()
	_, err := w.log.file.Write(frame)
	w.log.mutex.Unlock()
	if err != nil {
		return 0, err
	}
	return w.next.Write(data)
}

// streamedWriters are the guest's streams, written to the execution's log as they come, without a buffer that
// could overflow. finish ends the log and frees what the execution held.
func (h *executionHandler) streamedWriters() (stdout io.Writer, stderr io.Writer, finish func()) {
	plainStdout, plainStderr := h.logManager.GetWriters()
	free := func() {
		_ = h.runtime.Close(context.Background())
		go h.logManager.Close()
	}
	path := filepath.Join(compute.ExecutionLogsDir(h.request.ExecutionDir), compute.ExecutionLogFileName)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		h.logger.Err(err).Msg("no log stream for this execution")
		return plainStdout, plainStderr, free
	}
	log := &executionLog{file: file}
	finish = func() {
		_, _ = file.Write([]byte{endTag, 0, 0, 0, 0, 0, 0, 0})
		_ = file.Close()
		free()
	}
	return &loggedWriter{log, stdoutTag, plainStdout}, &loggedWriter{log, stderrTag, plainStderr}, finish
}
