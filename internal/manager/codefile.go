package manager

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
)

// writeCode writes a code file and gives its hash.
func writeCode(path string, from io.Reader) (sum string, err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(file, io.TeeReader(from, h))
	return hex.EncodeToString(h.Sum(nil)), errors.Join(err, file.Close())
}
