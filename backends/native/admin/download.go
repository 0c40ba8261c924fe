package admin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
)

// Download writes the package of a component to w and returns its size in bytes
// and its SHA-256 in lower-case hexadecimal. An empty answer is ErrEmptyDownload.
// GET /admin/v3/functions/{tenant}/{namespace}/{name}/download, which serves all
// kinds; a builtin component has no package and gives 500. After an error, w
// holds a part of the package at most.
func (c *Client) Download(ctx context.Context, kind Kind, tenant, namespace, name string, w io.Writer) (size int64, sum string, err error) {
	// Sources and sinks have no such resource; the one of functions does not check the kind.
	k := get(Functions.path(tenant, namespace, name, "download")...).needing(kind.needs(tenant, namespace))
	return c.download(ctx, k, w)
}

func (c *Client) download(ctx context.Context, k call, w io.Writer) (int64, string, error) {
	k.raw = true
	resp, err := c.do(ctx, k)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	fail := func(err error) error {
		return &Error{Status: resp.StatusCode, Method: http.MethodGet, Path: resp.Request.URL.Path, Reason: "", Err: err, needs: k.needs}
	}
	hash := sha256.New()
	size, err := io.Copy(io.MultiWriter(w, hash), resp.Body)
	if err != nil {
		return size, "", fail(err)
	}
	if size == 0 {
		return 0, "", fail(ErrEmptyDownload)
	}
	return size, hex.EncodeToString(hash.Sum(nil)), nil
}
