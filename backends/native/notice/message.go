package notice

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pierrec/lz4/v4"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/meshc/meshc/backends/native/wire"
)

// errNoName: the message is about no component.
var errNoName = errors.New("it names no component")

// componentOf gives tenant/namespace/name of the component that a message of the metadata
// topic is about. Workers write a ServiceRequest without a key, or, with
// useCompactedMetadataTopic, a FunctionMetaData under the component's name; both are
// compressed by LZ4 (WorkerUtils.createExclusiveProducerWithRetry).
func componentOf(m wire.Received) (string, error) {
	if m.Damaged != nil {
		return "", m.Damaged
	}
	if m.Key != "" {
		if strings.Count(m.Key, "/") != 2 {
			return "", errNoName
		}
		return m.Key, nil
	}
	payload := m.Payload
	switch {
	case m.Compression == wire.LZ4 && m.Size <= largest:
		out := make([]byte, m.Size)
		n, err := lz4.UncompressBlock(payload, out)
		if err != nil {
			return "", fmt.Errorf("LZ4: %w", err)
		}
		payload = out[:n]
	case m.Compression != 0:
		return "", fmt.Errorf("compression %d", m.Compression)
	}
	// ServiceRequest.functionMetaData.functionDetails in Function.proto.
	details := field(field(payload, 3), 1)
	tenant, namespace, name := string(field(details, 1)), string(field(details, 2)), string(field(details, 3))
	if tenant == "" || namespace == "" || name == "" {
		return "", errNoName
	}
	return tenant + "/" + namespace + "/" + name, nil
}

// field is the last value of a field of bytes; nil where there is none.
func field(message []byte, number protowire.Number) (out []byte) {
	for len(message) > 0 {
		n, t, size := protowire.ConsumeTag(message)
		if size < 0 {
			return nil
		}
		message = message[size:]
		if n == number && t == protowire.BytesType {
			v, size := protowire.ConsumeBytes(message)
			if size < 0 {
				return nil
			}
			out, message = v, message[size:]
			continue
		}
		if size = protowire.ConsumeFieldValue(n, t, message); size < 0 {
			return nil
		}
		message = message[size:]
	}
	return out
}
