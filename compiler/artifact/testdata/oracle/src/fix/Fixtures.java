package fix;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.apache.pulsar.client.api.CryptoKeyReader;
import org.apache.pulsar.client.api.EncryptionKeyInfo;
import org.apache.pulsar.client.api.MessagePayloadProcessor;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.client.api.schema.GenericObject;
import org.apache.pulsar.client.api.schema.GenericRecord;
import org.apache.pulsar.client.api.schema.GenericSchema;
import org.apache.pulsar.client.api.schema.KeyValueSchema;
import org.apache.pulsar.common.schema.KeyValue;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;
import org.apache.pulsar.functions.api.KVRecord;
import org.apache.pulsar.functions.api.Record;
import org.apache.pulsar.functions.api.SerDe;
import org.apache.pulsar.functions.api.WindowContext;
import org.apache.pulsar.functions.api.WindowFunction;
import org.apache.pulsar.io.core.BatchPushSource;
import org.apache.pulsar.io.core.BatchSource;
import org.apache.pulsar.io.core.BatchSourceTriggerer;
import org.apache.pulsar.io.core.PushSource;
import org.apache.pulsar.io.core.Sink;
import org.apache.pulsar.io.core.Source;
import org.apache.pulsar.io.core.annotations.FieldDoc;

/** Ways in which a class may come to be a function, each as a nested class. */
public class Fixtures {
    abstract static class P<I, O> implements Function<I, O> {
        public O process(I i, Context c) { return null; }
    }

    public static class Plain extends P<String, Integer> { }
    public static class Bytes extends P<byte[], byte[][]> { }
    public static class Nested extends P<Map.Entry<String, List<? super Long>>, List<String>[]> { }
    public static class Records extends P<String, Record<Long>> { }
    public static class Futures extends P<String, CompletableFuture<Long>> { }
    public static class RecordOfFuture extends P<String, Record<CompletableFuture<Long>>> { }
    public static class FutureOfRecord extends P<String, CompletableFuture<Record<Long>>> { }
    public static class Wild extends P<String, Record<?>> { }
    public static class WildBound extends P<String, Record<? extends Number>> { }
    public static class Kv extends P<String, KVRecord<Short, Long>> { }
    public abstract static class MyRecord implements Record<Long> { }
    public abstract static class MyTyped<A, B> implements Record<B> { }
    public static class Mine extends P<String, MyRecord> { }
    public static class MineTyped extends P<String, MyTyped<Short, Long>> { }
    public static class MyFuture<A, B> extends CompletableFuture<B> { }
    public static class FutureSub extends P<String, MyFuture<Short, Long>> { }
    public static class Generic extends P<GenericRecord, Record<GenericObject>> { }
    public static class Pair extends P<KeyValue<String, Long>, KeyValue<Long, String>> { }
    public abstract static class Schemas<T extends GenericRecord> implements GenericSchema<T> {
        public abstract Schemas<T> clone();
    }
    public abstract static class PairSchema implements KeyValueSchema<String, Long> {
        public abstract PairSchema clone();
    }
    public static class Nothing extends P<String, Void> { }

    abstract static class Half<T> extends P<T, String> { }
    abstract static class Quarter<A, B> extends Half<B> { }
    public static class Deep extends Quarter<Float, Double> { }
    public static class Free<T> extends P<T, T> { }
    public static class FreeBound<T extends Number & Serializable> extends P<T, List<T>> { }
    public static class FreeChain<A extends Number, B extends A> extends P<A, B> { }
    public static class FreeArray<T extends Number> extends P<T[], String> { }
    @SuppressWarnings("rawtypes")
    public static class RawSuper extends P {
        public Object process(Object i, Context c) { return null; }
    }
    @SuppressWarnings("rawtypes")
    public static class RawHalf extends Half {
        public Object process(Object i, Context c) { return null; }
    }
    @SuppressWarnings("rawtypes")
    public static class Raw implements Function {
        public Object process(Object i, Context c) { return null; }
    }

    interface Step<T> extends Function<T, String> { }
    interface Swap<A, B> extends Function<B, A> { }
    interface Same<A, B> extends Function<A, B> { }
    interface Fixed extends Function<Integer, Long> { }
    public static class ViaStep implements Step<Integer> {
        public String process(Integer i, Context c) { return null; }
    }
    public static class ViaSwap implements Swap<Integer, Long> {
        public Integer process(Long i, Context c) { return null; }
    }
    public static class ViaSame implements Same<Integer, Long> {
        public Long process(Integer i, Context c) { return null; }
    }
    public static class ViaFixed implements Fixed {
        public Long process(Integer i, Context c) { return null; }
    }
    public static class ViaStepThenDirect implements Serializable, Step<Integer>, Function<Integer, String> {
        public String process(Integer i, Context c) { return null; }
    }

    public static class Jdk implements java.util.function.Function<String, Record<Long>> {
        public Record<Long> apply(String s) { return null; }
    }
    public static class Unary implements UnaryOperator<String> {
        public String apply(String s) { return null; }
    }
    public static class JdkWindow implements java.util.function.Function<Collection<String>, Long> {
        public Long apply(Collection<String> s) { return null; }
    }
    public static class JdkList implements java.util.function.Function<List<String>, Long> {
        public Long apply(List<String> s) { return null; }
    }
    public static class Strings extends ArrayList<String> { }
    public static class JdkStrings implements java.util.function.Function<Strings, Long> {
        public Long apply(Strings s) { return null; }
    }
    public static class Window implements WindowFunction<String, CompletableFuture<Long>> {
        public CompletableFuture<Long> process(Collection<Record<String>> in, WindowContext c) { return null; }
    }
    public static class Both extends P<String, Long> implements WindowFunction<Short, Integer> {
        public Integer process(Collection<Record<Short>> in, WindowContext c) { return null; }
    }
    public static class PulsarAndJdk extends P<String, Long> implements java.util.function.Function<Short, Integer> {
        public Integer apply(Short s) { return null; }
    }
    public static class WindowAndJdk implements java.util.function.Function<Short, Integer>, WindowFunction<String, Long> {
        public Integer apply(Short s) { return null; }
        public Long process(Collection<Record<String>> in, WindowContext c) { return null; }
    }
    public static class None { }
    public interface OnlyInterface extends Function<String, String> { }
    static class Hidden extends P<String, String> {
        private Hidden() { }
    }
    public static class Args extends P<String, String> {
        public Args(int i) { }
    }
    public class Inner extends P<String, String> { }
    public static class Outer<T> {
        public class In<U> { }
    }
    public static class Qualified extends P<Outer<String>.In<Long>, Map.Entry<String, String>> { }
    public static class Ünïcode extends P<String, String> { }

    public abstract static class Push extends PushSource<byte[]> { }
    public abstract static class Plug implements Source<String>, Sink<Long> { }
    public abstract static class Ser<T> implements SerDe<T> { }
    public abstract static class StringSer extends Ser<String> { }

    public interface StepSource<A, B> extends Source<B> { }
    public abstract static class SwapSource implements StepSource<Short, Long> { }
    public abstract static class FixedSource implements FixedSourceType { }
    public interface FixedSourceType extends Source<Long> { }
    @SuppressWarnings("rawtypes")
    public abstract static class RawSource implements Source { }
    public abstract static class BaseSink<A, B> implements Sink<B> { }
    public abstract static class DeepSink<C> extends BaseSink<Short, List<C>> { }
    public abstract static class DeeperSink extends DeepSink<Long> { }
    public abstract static class Batched implements BatchSource<byte[][]> { }
    public abstract static class BatchedPush extends BatchPushSource<Map<String, Long>> { }
    public abstract static class BatchedToo implements Source<String>, BatchSource<Long> { }

    public static class Ints implements SerDe<Integer> {
        public Integer deserialize(byte[] b) { return null; }
        public byte[] serialize(Integer i) { return null; }
    }
    public static class IntsToo extends Ints { }
    public static class IntsAgain extends Ints implements SerDe<Integer> { }
    public abstract static class Numbers implements SerDe<Number> { }
    public abstract static class Anything implements SerDe<Object> { }
    public abstract static class Texts implements Serializable, SerDe<String> { }
    public abstract static class Lists implements SerDe<ArrayList<String>> { }
    public abstract static class Raws implements SerDe<byte[]> { }
    public abstract static class TextArrays implements SerDe<String[]> { }
    public abstract static class FreeNumbers<T extends Number> implements SerDe<T> { }
    @SuppressWarnings("rawtypes")
    public abstract static class RawSer implements SerDe { }
    public interface TextSer extends SerDe<String> { }
    public interface OddSer<A, B> extends SerDe<B> { }
    public abstract static class ViaTextSer implements TextSer { }
    public abstract static class ViaOddSer implements OddSer<String, Integer> { }
    public abstract static class IntSchema implements Schema<Integer> {
        public abstract IntSchema clone();
    }
    public abstract static class IntSchemaToo extends IntSchema { }

    public static class Keys implements CryptoKeyReader {
        public Keys(Map<String, Object> config) { }
        public EncryptionKeyInfo getPublicKey(String name, Map<String, String> meta) { return null; }
        public EncryptionKeyInfo getPrivateKey(String name, Map<String, String> meta) { return null; }
    }
    public abstract static class KeysHidden implements CryptoKeyReader {
        private KeysHidden(Map<String, Object> config) { }
    }
    public abstract static class KeysNone implements CryptoKeyReader { }
    public abstract static class KeysHash implements CryptoKeyReader {
        public KeysHash(java.util.HashMap<String, Object> config) { }
        public KeysHash(Map<String, Object> config, int more) { }
    }
    public static class KeysOfBase extends Keys {
        public KeysOfBase() { super(null); }
    }
    public abstract static class Unpack implements MessagePayloadProcessor { }
    public abstract static class UnpackMap implements MessagePayloadProcessor {
        public UnpackMap(Map<String, Object> config) { }
    }
    public abstract static class UnpackBoth implements MessagePayloadProcessor {
        public UnpackBoth() { }
        public UnpackBoth(Map<String, Object> config) { }
    }
    public abstract static class UnpackOther implements MessagePayloadProcessor {
        public UnpackOther(String s) { }
    }
    public abstract static class Trigger implements BatchSourceTriggerer { }

    public static class BaseConfig {
        @FieldDoc(required = true, defaultValue = "", sensitive = true, help = "the key")
        private String secretKey;
        protected static final String CONSTANT = "x";
    }
    public static class Config extends BaseConfig {
        @FieldDoc(defaultValue = "10", help = "how many")
        private int batchSize = 10;
        private Map<String, List<Integer>> table;
        private transient int cache;
    }

    /** What Jackson takes by other names than those of fields. */
    @JsonIgnoreProperties("old")
    public static class Renamed {
        @JsonProperty("user-name")
        private String userName;
        @JsonAlias({"pass", "pwd"})
        private String password;
        private boolean isOpen;
        private String aURL;
        private String host;
        private int port;
        public void setUserName(String s) { }
        public void setPassword(String s) { }
        public void setOpen(boolean b) { }
        public void setAURL(String s) { }
        public Renamed setOnlySetter(String s) { return this; }
        @JsonProperty("Port")
        public int getPort() { return port; }
        @JsonSetter("address")
        public void setHost(String s) { }
        public static void setStatic(String s) { }
        public void setTwo(String a, String b) { }
        public void set() { }
        public void settle() { }
        public static Renamed load(Map<String, Object> map) { return null; }
    }
    @JsonIgnoreProperties(ignoreUnknown = true)
    public static class Loose extends Renamed { }
    public static class AnyKey {
        private String one;
        @JsonAnySetter
        public void put(String key, Object value) { }
    }
    public static class Created {
        @JsonCreator
        public Created(@JsonProperty("a") String a) { }
    }
}
