package native

import (
	"context"

	"github.com/meshc/meshc/backends/native/notice"
)

// WithMetadata names the topic on which the workers keep components, in place of
// notice.DefaultTopic; "" changes nothing.
func WithMetadata(topic string) Option { return func(b *Backend) { b.metadata = topic } }

// Notice implements backend.Noticer by the metadata topic of the workers. The role
// needs the right to consume it.
func (b *Backend) Notice(ctx context.Context, ready func(), fn func(component string)) error {
	return b.failure(notice.Follow(ctx, notice.Options{Topic: b.metadata, Client: b.client, Settings: b.settings}, ready, fn))
}
