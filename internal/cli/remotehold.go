package cli

import (
	"bytes"
	"context"
	"io"

	"github.com/meshc/meshc/compiler/mesh"
	"github.com/meshc/meshc/internal/manager/api"
	"github.com/meshc/meshc/internal/manager/client"
	"github.com/meshc/meshc/internal/view"
)

// lockBy has a manager lock a mesh for the caller's role.
func (o *holdOptions) lockBy(ctx context.Context, url string, id mesh.ID) error {
	b, err := o.connect.openManager(o.f, url)
	if err != nil {
		return err
	}
	m, err := b.Lock(ctx, id, o.reason.reason)
	if err != nil {
		return err
	}
	return o.show(view.NewLock(m.Mesh, m.Hold, ""))
}

// unlockBy has a manager unlock a mesh.
func (o *holdOptions) unlockBy(ctx context.Context, url string, id mesh.ID) error {
	b, err := o.connect.openManager(o.f, url)
	if err != nil {
		return err
	}
	_, err = b.Unlock(ctx, id, o.force)
	if client.Is(err, api.KindNotFound) {
		o.f.say("meshc: note: nobody had locked %s", view.Clean(id.String()))
		err = nil
	}
	if err != nil {
		return err
	}
	return o.show(view.NewLock(id.String(), nil, ""))
}

// again makes standard input something that can be read twice.
func again(in io.Reader) (io.Reader, error) {
	data, err := io.ReadAll(in)
	return &twice{data: data, Reader: bytes.NewReader(data)}, err
}

// twice is text that can be read from its beginning again.
type twice struct {
	*bytes.Reader
	data []byte
}

// rewound gives what again made from its beginning.
func rewound(in io.Reader) io.Reader {
	if t, ok := in.(*twice); ok {
		return bytes.NewReader(t.data)
	}
	return in
}
