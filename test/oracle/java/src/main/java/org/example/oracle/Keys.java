package org.example.oracle;

import java.util.Map;
import org.apache.pulsar.client.api.CryptoKeyReader;
import org.apache.pulsar.client.api.EncryptionKeyInfo;

/** Readers of keys, and classes that look like them. */
public class Keys implements CryptoKeyReader {
    private static final long serialVersionUID = 1L;

    public Keys(Map<String, Object> config) {
    }

    @Override
    public EncryptionKeyInfo getPublicKey(String name, Map<String, String> metadata) {
        return new EncryptionKeyInfo(new byte[] {1}, metadata);
    }

    @Override
    public EncryptionKeyInfo getPrivateKey(String name, Map<String, String> metadata) {
        return new EncryptionKeyInfo(new byte[] {1}, metadata);
    }

    /** Is a reader by being {@link Keys}. */
    public static class Inherited extends Keys {
        private static final long serialVersionUID = 1L;

        public Inherited(Map<String, Object> config) {
            super(config);
        }
    }

    /** Has no constructor for its settings. */
    public static class NoSettings extends Keys {
        private static final long serialVersionUID = 1L;

        public NoSettings() {
            super(Map.of());
        }
    }

    /** Says nothing of being a reader of keys. */
    public static class NoInterface {
        public NoInterface(Map<String, Object> config) {
        }
    }
}
