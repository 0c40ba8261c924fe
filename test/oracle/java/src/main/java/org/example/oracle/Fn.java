package org.example.oracle;

import java.util.List;
import org.apache.pulsar.client.api.Schema;
import org.apache.pulsar.functions.api.Context;
import org.apache.pulsar.functions.api.Function;
import org.apache.pulsar.functions.api.Record;

/** Functions of all kinds, and classes that look like functions. */
public class Fn {
    /** A type of its own. */
    public static class Person {
        public String name;
        public int age;
    }

    /** Says nothing of being a function. */
    public static class NoInterface {
        public String process(String input, Context context) {
            return input;
        }
    }

    /** Cannot be instantiated. */
    public abstract static class Abstract implements Function<String, String> {
    }

    /** Is an interface. */
    public interface Interface extends Function<String, String> {
    }

    /** Has no constructor without arguments. */
    public static class NeedsArgument implements Function<String, String> {
        private final String suffix;

        public NeedsArgument(String suffix) {
            this.suffix = suffix;
        }

        @Override
        public String process(String input, Context context) {
            return input + suffix;
        }
    }

    /** Has a constructor that nobody else can call. */
    public static class PrivateConstructor implements Function<String, String> {
        private PrivateConstructor() {
        }

        @Override
        public String process(String input, Context context) {
            return input;
        }
    }

    /** Is not public. */
    static class Hidden implements Function<String, String> {
        @Override
        public String process(String input, Context context) {
            return input;
        }
    }

    /** Needs an instance of the class around it. */
    public class Inner implements Function<String, String> {
        @Override
        public String process(String input, Context context) {
            return input;
        }
    }

    /** Leaves its types open. */
    @SuppressWarnings("rawtypes")
    public static class Raw implements Function {
        @Override
        public Object process(Object input, Context context) {
            return input;
        }
    }

    /** Leaves its types to whoever extends it. */
    public static class Generic<T> implements Function<T, T> {
        @Override
        public T process(T input, Context context) {
            return input;
        }
    }

    /** Has its types from {@link Generic}. */
    public static class Inherited extends Generic<String> {
    }

    /** Yields nothing. */
    public static class ToVoid implements Function<String, Void> {
        @Override
        public Void process(String input, Context context) {
            return null;
        }
    }

    /** Works on bytes. */
    public static class Bytes implements Function<byte[], byte[]> {
        @Override
        public byte[] process(byte[] input, Context context) {
            return input;
        }
    }

    /** Takes numbers. */
    public static class FromInteger implements Function<Integer, String> {
        @Override
        public String process(Integer input, Context context) {
            return input.toString();
        }
    }

    /** Yields numbers. */
    public static class ToInteger implements Function<String, Integer> {
        @Override
        public Integer process(String input, Context context) {
            return input.length();
        }
    }

    /** Works on a class of its own. */
    public static class OfPerson implements Function<Person, Person> {
        @Override
        public Person process(Person input, Context context) {
            return input;
        }
    }

    /** Works on anything. */
    public static class OfObject implements Function<Object, Object> {
        @Override
        public Object process(Object input, Context context) {
            return input;
        }
    }

    /** Takes a type with arguments. */
    public static class FromList implements Function<List<String>, String> {
        @Override
        public String process(List<String> input, Context context) {
            return String.join(" ", input);
        }
    }

    /** Yields records. */
    public static class ToRecord implements Function<String, Record<String>> {
        @Override
        public Record<String> process(String input, Context context) {
            return context.newOutputRecordBuilder(Schema.STRING).value(input).build();
        }
    }

    /** A function of the Java library. */
    public static class Shout implements java.util.function.Function<String, String> {
        @Override
        public String apply(String input) {
            return input + "!";
        }
    }

    /** A function of the Java library that leaves its types open. */
    @SuppressWarnings("rawtypes")
    public static class RawShout implements java.util.function.Function {
        @Override
        public Object apply(Object input) {
            return input + "!";
        }
    }
}
